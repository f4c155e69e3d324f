/** Names of the 97 divisions of GB/T 4754-2017, in order: Chinese, English. Codes 01 to 97. */
const DIVISIONS = `
农业|Agriculture
林业|Forestry
畜牧业|Animal husbandry
渔业|Fishery
农、林、牧、渔专业及辅助性活动|Support activities for agriculture
煤炭开采和洗选业|Coal mining and washing
石油和天然气开采业|Oil and gas extraction
黑色金属矿采选业|Ferrous metal ore mining
有色金属矿采选业|Non-ferrous metal ore mining
非金属矿采选业|Non-metal ore mining
开采专业及辅助性活动|Support activities for mining
其他采矿业|Other mining
农副食品加工业|Processing of farm food
食品制造业|Manufacture of food
酒、饮料和精制茶制造业|Manufacture of liquor, beverages and tea
烟草制品业|Manufacture of tobacco
纺织业|Textiles
纺织服装、服饰业|Clothing
皮革、毛皮、羽毛及其制品和制鞋业|Leather, fur, feather and footwear
木材加工和木、竹、藤、棕、草制品业|Wood, bamboo and straw products
家具制造业|Furniture
造纸和纸制品业|Paper
印刷和记录媒介复制业|Printing and reproduction
文教、工美、体育和娱乐用品制造业|Educational, craft, sports and entertainment goods
石油、煤炭及其他燃料加工业|Oil, coal and other fuel processing
化学原料和化学制品制造业|Chemicals
医药制造业|Medicines
化学纤维制造业|Chemical fibres
橡胶和塑料制品业|Rubber and plastics
非金属矿物制品业|Non-metallic mineral products
黑色金属冶炼和压延加工业|Ferrous metal smelting
有色金属冶炼和压延加工业|Non-ferrous metal smelting
金属制品业|Metal products
通用设备制造业|General machinery
专用设备制造业|Special machinery
汽车制造业|Motor vehicles
铁路、船舶、航空航天和其他运输设备制造业|Rail, ship, aerospace and other transport equipment
电气机械和器材制造业|Electrical machinery
计算机、通信和其他电子设备制造业|Computers, communication and electronics
仪器仪表制造业|Instruments
其他制造业|Other manufacturing
废弃资源综合利用业|Recycling of waste
金属制品、机械和设备修理业|Repair of metal products and machinery
电力、热力生产和供应业|Electricity and heat
燃气生产和供应业|Gas
水的生产和供应业|Water
房屋建筑业|Construction of buildings
土木工程建筑业|Civil engineering
建筑安装业|Building installation
建筑装饰、装修和其他建筑业|Decoration and other construction
批发业|Wholesale
零售业|Retail
铁路运输业|Rail transport
道路运输业|Road transport
水上运输业|Water transport
航空运输业|Air transport
管道运输业|Pipeline transport
多式联运和运输代理业|Multimodal transport and forwarding
装卸搬运和仓储业|Handling and storage
邮政业|Post
住宿业|Accommodation
餐饮业|Catering
电信、广播电视和卫星传输服务|Telecommunications and broadcasting
互联网和相关服务|Internet services
软件和信息技术服务业|Software and IT services
货币金融服务|Monetary and financial services
资本市场服务|Capital market services
保险业|Insurance
其他金融业|Other finance
房地产业|Real estate
租赁业|Leasing
商务服务业|Business services
研究和试验发展|Research and development
专业技术服务业|Professional technical services
科技推广和应用服务业|Science promotion and application
水利管理业|Water conservancy
生态保护和环境治理业|Ecology and environment
公共设施管理业|Public facilities
土地管理业|Land management
居民服务业|Residents' services
机动车、电子产品和日用产品修理业|Repair of vehicles, electronics and daily goods
其他服务业|Other services
教育|Education
卫生|Health
社会工作|Social work
新闻和出版业|News and publishing
广播、电视、电影和录音制作业|Broadcasting, film and sound
文化艺术业|Culture and arts
体育|Sports
娱乐业|Entertainment
中国共产党机关|Organs of the Communist Party
国家机构|Organs of the state
人民政协、民主党派|Consultative conference and democratic parties
社会保障|Social security
群众团体、社会团体和其他成员组织|Associations
基层群众自治组织及其他组织|Grass-roots organisations
国际组织|International organisations`
  .trim()
  .split('\n')
  .map((line) => line.split('|') as [string, string])

/** Kinds of enterprises as the register codes them; of a code that is not here its beginning is looked up. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  1: ['内资公司', 'Domestic company'],
  11: ['有限责任公司', 'Limited liability company'],
  1110: ['有限责任公司（国有独资）', 'Limited liability company, wholly state-owned'],
  1120: ['有限责任公司（外商投资企业投资）', 'Limited liability company, invested by a foreign-funded one'],
  1130: ['有限责任公司（自然人投资或控股）', 'Limited liability company, held by persons'],
  1140: ['有限责任公司（国有控股）', 'Limited liability company, state-controlled'],
  1150: ['一人有限责任公司', 'Limited liability company of one holder'],
  1151: ['有限责任公司（自然人独资）', 'Limited liability company of one person'],
  1152: ['有限责任公司（法人独资）', 'Limited liability company of one legal person'],
  1190: ['其他有限责任公司', 'Other limited liability company'],
  12: ['股份有限公司', 'Company limited by shares'],
  1210: ['股份有限公司（上市）', 'Company limited by shares, listed'],
  1220: ['股份有限公司（非上市）', 'Company limited by shares, not listed'],
  2: ['分公司', 'Branch'],
  3: ['非公司企业法人', 'Enterprise with legal personality, no company'],
  4: ['非法人企业', 'Enterprise without legal personality'],
  453: ['合伙企业', 'Partnership'],
  454: ['个人独资企业', 'Sole proprietorship'],
  5: ['外商投资公司', 'Foreign-funded company'],
  6: ['港澳台投资公司', 'Company funded from Hong Kong, Macao or Taiwan'],
  7: ['外国企业', 'Foreign enterprise'],
  91: ['农民专业合作社', "Farmers' cooperative"],
  95: ['个体工商户', 'Individual business'],
}

type Language = 'zh' | 'en'
const at = (language: Language) => (language === 'zh' ? 0 : 1)

/** `餐饮业（6210）`: the name of the division, and the code, which says more; the code alone where there is no such one. */
export function industryName(code: string, language: Language): string {
  const name = DIVISIONS[Number(code.slice(0, 2)) - 1]?.[at(language)]
  if (name === undefined) return code
  return language === 'zh' ? `${name}（${code}）` : `${name} (${code})`
}

/** The name of a kind; the code alone where nothing of it is known. */
export function kindName(code: string, language: Language): string {
  for (let length = code.length; length > 0; length -= 1) {
    const name = KINDS[code.slice(0, length)]?.[at(language)]
    if (name !== undefined) return name
  }
  return code
}
